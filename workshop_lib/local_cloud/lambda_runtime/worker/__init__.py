"""The program inside every worker process: it runs one function, invocation after invocation.

It imports only the standard library and itself, because the function shares its process: what is
imported here is what the function finds imported. A worker speaks over its own three standard
streams: requests arrive on 0, replies leave on 1, and 2 carries what the function prints. Before
any code of the function runs, 0 becomes the null device and 1 joins 2. The behaviour follows AWS's
own Runtime Interface Client for Python.
"""
