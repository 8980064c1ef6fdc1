"""One AWS service to a module: a client comes in, plain frozen dataclasses go out.

``ensure_…`` makes a thing or mends it, and does nothing the second time; ``describe_…`` returns
None for what is not there; ``delete_…`` is content when there is nothing to delete. What boto3
raises beyond that (a refused permission, say) is passed on unchanged, because it says best what
AWS answered. Of the given tags a standing thing gets those it lacks; the others stay, so that what
a lesson has made goes on bearing its name. The modules know neither each other nor the lessons.
"""
