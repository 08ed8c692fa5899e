"""`python -m encircle`: the command line."""

from encircle.cli.main import main

if __name__ == "__main__":
    main()
