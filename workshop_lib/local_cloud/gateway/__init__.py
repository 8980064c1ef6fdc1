"""API Gateway REST APIs: deployed stages that answer, and the control plane where moto falls short.

moto holds the resources; :class:`ApiGateway` serves them. One request's way, to read in this order:
``api_gateways`` → ``method_requests`` → ``executions`` → ``method_calls`` (``throttles``,
``authorizers``) → ``lambda_proxies`` or ``integrations`` → ``function_calls``; templates and
mappings are in ``mapping_templates``, ``velocity`` and ``parameter_mappings``, errors in
``gateway_responses``, what a deployment keeps in ``deployments``. A control call begins
in ``control_plane``.
"""

from workshop_lib.local_cloud.gateway.api_gateways import ApiGateway

__all__ = ["ApiGateway"]
