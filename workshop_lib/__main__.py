"""`python -m workshop_lib`: the command `workshop`, where scripts are not on the path."""

from workshop_lib.cli import main

if __name__ == "__main__":
    main()
