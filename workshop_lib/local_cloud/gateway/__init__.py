"""API Gateway REST APIs: deployed stages that answer, and the control plane where moto falls short.

moto holds the resources; :class:`ApiGateway` serves them.
"""

from workshop_lib.local_cloud.gateway.api_gateways import ApiGateway

__all__ = ["ApiGateway"]
