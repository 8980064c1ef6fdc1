"""A serverless workshop in eight notebooks."""
