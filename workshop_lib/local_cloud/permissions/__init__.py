"""Who may do what in the local cloud: IAM's decision for every call.

The evaluator (`policies`, `variables`, `patterns`, `conditions`, `principals`, `evaluations`) is
pure: documents and facts in, a verdict out. Around it, `calls` and the ``requirements_…`` modules
tell which actions on which resources a request needs, `policy_sources` reads moto's policies, and
`authorizer.Authorizer` brings them together and words the refusal.
"""
