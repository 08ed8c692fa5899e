/** Where the page begins. */

import "./page.css";
import { wish } from "./keep";
import { Shell } from "./shell";
import { guessLanguage, isLanguage, speak } from "./words";

const root = document.getElementById("page");
const chosen = wish("language");
await speak(isLanguage(chosen) ? chosen : guessLanguage());
if (root) await new Shell(root).start();
