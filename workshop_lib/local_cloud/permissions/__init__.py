"""Who may do what in the local cloud: IAM's decision for every call.

The evaluator (`policies`, `contexts`, `patterns`, `conditions`, `principals`, `evaluations`) is
pure: documents and facts in, a verdict out. Around it, `calls` and the ``requirements_…`` modules
tell which actions on which resources a request needs, `resources` reads moto, and
`authorizer.Authorizer` brings them together and words the refusal. What is left out is refused in
`actions` (operations) and `omissions` (parameters, condition keys).
"""
