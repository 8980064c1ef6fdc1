"""The HTTP server and its front door: who may come in, and to which part."""
