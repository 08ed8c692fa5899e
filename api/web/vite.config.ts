import { defineConfig, type Plugin } from "vite";
import table from "../../encircle/picture/tokens.json" with { type: "json" };

/** Colours of the page as variables of its styles, out of the table that the pictures are drawn from. */
function writeColours(selector: string, ...rows: Record<string, string>[]): string {
  const colours = Object.entries(Object.assign({}, ...rows) as Record<string, string>);
  return `${selector} { ${colours.map(([name, colour]) => `--${name.replaceAll("_", "-")}: ${colour};`).join(" ")} }`;
}

const { light, dark, tones, tones_dark: tonesDark, page } = table;
const said = ({ ink, paper, fire, what_if }: typeof light): Record<string, string> => ({ ink, paper, fire, what_if });
const COLOURS = [
  writeColours(":root", said(light), tones, page.light), writeColours(':root[data-theme="dark"]', said(dark), tonesDark, page.dark),
].join("\n");

const colours: Plugin = {
  name: "colours-of-the-table",
  enforce: "pre",
  transform: (code, id) => (id.endsWith("/src/page.css") ? `${COLOURS}\n${code}` : null),
};

// Built into the package, beside the service that gives it: whoever installs it needs no Node.
export default defineConfig({
  base: "/page/",
  publicDir: "public",
  plugins: [colours],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsDir: "",
    target: "es2022",
    modulePreload: { polyfill: false },
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300,
  },
});
