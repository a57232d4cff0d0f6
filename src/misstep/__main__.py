"""`python -m misstep` is the command line."""

from misstep.cli import main

if __name__ == "__main__":
    main()
