"""The commands of `workshop`: one module each, named as what is typed; `cli.py` lists them."""
