"""`workshop layers`: an instructor publishes the functions' layers once for a class."""

from __future__ import annotations

from typing import Annotated

import typer

from workshop_lib import models, packaging
from workshop_lib.aws import buckets, layers
from workshop_lib.cloud import Cloud, connect
from workshop_lib.commands.terminals import console, say_connected, show_progress
from workshop_lib.naming import CLASS_ID, LAYERS, Names
from workshop_lib.settings import Settings, read_settings
from workshop_lib.workplaces import expiry_day

app = typer.Typer(no_args_is_help=True, help="Publish the functions' layers once for a class.")
Architecture = Annotated[
    str, typer.Option(help="Of Lambda's machines: x86_64, as the lessons' functions, or arm64.")
]


@app.command("build")
def build_layers(architecture: Architecture = "x86_64") -> None:
    """Pack the layers for Lambda's machines, ready to be published; the libraries come by pip."""
    settings = read_settings()
    for name in LAYERS:
        package = _build(settings, name, architecture)
        console.print(
            f"{name}: {package.size_unzipped / 2**20:.0f} MB unzipped, {package.path}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip


@app.command("publish")
def publish_layers(
    share_with: Annotated[
        list[str] | None,
        typer.Option(help="An account's number that may use them too; repeatable."),
    ] = None,
) -> None:
    """Publish the layers for everyone in this account and Region, and print the setting."""
    settings = read_settings()
    cloud = connect(settings)
    say_connected(cloud)
    published = [_publish(cloud, settings, name) for name in LAYERS]
    for layer in published:
        for account_id in share_with or []:
            layers.share_version(cloud.client("lambda"), layer, account_id)
    console.print("\nGive this to everyone in the class:")
    arns = ",".join(layer.arn for layer in published)
    typer.echo(f"WORKSHOP_LAYERS={arns}")


def _publish(cloud: Cloud, settings: Settings, name: str) -> layers.Layer:
    names = Names(CLASS_ID, cloud.account_id, cloud.region)
    s3, bucket, tags = (
        cloud.client("s3"),
        names.artifacts_bucket,
        names.tags("layers", expires=expiry_day(settings)),
    )
    buckets.ensure_bucket(s3, bucket, region=cloud.region, tags=tags)
    package = _build(settings, name, cloud.architecture)
    with console.status(f"Publishing {names.layer(name)}…"):
        layer = layers.ensure_layer(
            cloud.client("lambda"), s3, names.layer(name), package=package, bucket=bucket
        )
    state = "stands already" if layer.reused else "published"
    console.print(f"{layer.name} version {layer.version}: {state}", highlight=False)
    return layer


def _build(settings: Settings, name: str, architecture: str | None) -> packaging.LayerPackage:
    with show_progress() as progress:
        task = progress.add_task(f"Packing {name}", total=None)
        return packaging.build_layer(
            name,
            settings.home / "layers",
            model=models.find_model(settings.model, settings.home),
            architecture=architecture,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
