"""A function's folder as a zip, and a layer's folder as a zip with its libraries.

    pack_function(folder)                  the bytes that CreateFunction takes
    pack_source(text)                      the same, of a function that is one text
    replace_functions(text, other)         a handler with some functions written anew
    build_layer(name, cache, …)            a file that PublishLayerVersion takes

A layer for the local cloud is made of what is installed beside the workshop, so it fits this
machine and needs no network; one for AWS has its libraries fetched by pip. The same contents give
the same bytes, on every run.
"""

from workshop_lib.packaging.archives import pack_function, pack_source
from workshop_lib.packaging.layers import LayerPackage, build_layer, published_package
from workshop_lib.packaging.sources import replace_functions

__all__ = [
    "LayerPackage",
    "build_layer",
    "pack_function",
    "pack_source",
    "published_package",
    "replace_functions",
]
