"""A stage serves the copy that its deployment made, with settings of its own."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


def test_change_shows_only_after_a_deployment(api):
    """A change to a method shows on the stage only after CreateDeployment."""
    place = api.mock("/greeting", body="first")
    api.deploy()
    assert "first" == api.call("/greeting").text

    api.client.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": "second"}
    )
    assert "first" == api.call("/greeting").text

    api.deploy()
    assert "second" == api.call("/greeting").text


def test_new_resource_is_unknown_until_deployed(api):
    """A resource made after the deployment is answered as if it did not exist."""
    api.mock("/a")
    api.deploy()
    api.mock("/b")
    answer = api.call("/b")
    assert 403 == answer.status_code
    assert {"message": "Missing Authentication Token"} == answer.json()


def test_deleted_resource_is_served_until_deployed(api):
    """A resource that is deleted goes on being served by the deployment that has it."""
    api.mock("/a", body="still here")
    api.mock("/b")
    api.deploy()
    api.client.delete_resource(restApiId=api.id, resourceId=api.paths["/a"])
    assert "still here" == api.call("/a").text
    api.deploy()
    assert 403 == api.call("/a").status_code


def test_stage_can_go_back_to_an_earlier_deployment(api):
    """UpdateStage with another deploymentId serves that deployment's copy at once."""
    place = api.mock("/x", body="one")
    first = api.deploy()
    api.client.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": "two"}
    )
    api.deploy()
    assert "two" == api.call("/x").text
    api.patch_stage(("replace", "/deploymentId", first))
    assert "one" == api.call("/x").text


def test_two_stages_serve_two_deployments(api):
    """Each stage serves its own deployment; CreateStage can take one that exists."""
    place = api.mock("/x", body="one")
    first = api.deploy("dev")
    api.client.create_stage(restApiId=api.id, stageName="prod", deploymentId=first)
    api.client.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": "two"}
    )
    api.deploy("dev")
    assert ["two", "one"] == [api.call("/x", stage=stage).text for stage in ("dev", "prod")]


def test_deploying_again_keeps_the_stage(api):
    """Deploying to a stage that exists keeps its variables, settings and tags."""
    api.mock("/x")
    api.deploy("dev", variables={"language": "fr"})
    api.patch_stage(("replace", "/*/*/throttling/rateLimit", "7"))
    api.client.tag_resource(
        resourceArn=f"arn:aws:apigateway:us-east-1::/restapis/{api.id}/stages/dev",
        tags={"lesson": "2"},
    )
    second = api.deploy("dev")
    stage = api.client.get_stage(restApiId=api.id, stageName="dev")
    assert second == stage["deploymentId"]
    assert {"language": "fr"} == stage["variables"]
    assert 7.0 == stage["methodSettings"]["*/*"]["throttlingRateLimit"]
    assert {"lesson": "2"} == stage["tags"]


def test_api_without_methods_is_not_deployed(api):
    """CreateDeployment refuses an API without methods, and a method without integration."""
    with pytest.raises(ClientError, match="doesn't contain any methods"):
        api.deploy()
    api.mock("/x")
    api.method("/y")
    with pytest.raises(ClientError, match="No integration defined for method"):
        api.deploy()


def test_unknown_api_and_stage_are_forbidden(api):
    """An unknown API or stage answers 403 Forbidden, as AWS does."""
    api.mock("/x")
    api.deploy()
    answer = api.call("/x", stage="nowhere")
    assert (403, {"message": "Forbidden"}) == (answer.status_code, answer.json())
    assert "ForbiddenException" == answer.headers["x-amzn-errortype"]
    api.client.delete_stage(restApiId=api.id, stageName="dev")
    assert {"message": "Forbidden"} == api.call("/x").json()
    api.client.delete_rest_api(restApiId=api.id)
    assert {"message": "Forbidden"} == api.call("/x").json()


def test_stage_of_an_unknown_deployment_is_refused(api):
    """CreateStage and UpdateStage refuse a deployment that does not exist."""
    api.mock("/x")
    api.deploy()
    with pytest.raises(ClientError, match="Deployment id does not exist"):
        api.client.create_stage(restApiId=api.id, stageName="prod", deploymentId="nope")
    with pytest.raises(ClientError, match="Deployment id does not exist"):
        api.patch_stage(("replace", "/deploymentId", "nope"))
