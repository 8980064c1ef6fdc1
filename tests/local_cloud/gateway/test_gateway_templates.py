"""Mapping templates: what they may use, and what they may not."""

from __future__ import annotations

import airspeed
import pytest

from workshop_lib.local_cloud.gateway import velocity
from workshop_lib.local_cloud.gateway.mapping_templates import UTIL, make_input
from workshop_lib.local_cloud.gateway.velocity import TemplateFailedError, render

BODY = (
    '{"name": "O\'Neil", "items": [1, 2.5, {"ok": true, "none": null}], "keys": {"a": "b"},'
    ' "text": "é \\"quoted\\""}'
)
PARAMETERS = {
    "path": {"id": "7"},
    "querystring": {"id": "from query", "q": "a b"},
    "header": {"X-Custom": "yes"},
}


def rendered(template):
    variables = {"input": make_input(BODY, PARAMETERS), "util": UTIL, "stageVariables": {"s": "1"}}
    return render(template, variables)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("$input.json('$.items[2]')", '{"ok":true,"none":null}'),
        ("$input.json('$.name')", '"O\'Neil"'),
        ("$input.json('$.missing')", '""'),
        ("$input.path('$.items').size()", "3"),
        ("$input.path('$.items[2].ok')", "true"),
        ("$input.path('$.keys')", "{a=b}"),
        ("$input.path('$').items[0]", "1"),
        ("$input.path('$').keys.a", "b"),
        ("$input.path('$.missing')", "$input.path('$.missing')"),
        ("$!input.path('$.missing')", ""),
        ("$input.params('id')", "7"),
        ("$input.params('q')", "a b"),
        ("$input.params('x-custom')", "yes"),
        ("[$input.params('missing')]", "[]"),
        ("$input.params().header.get('X-Custom')", "yes"),
        ("$input.params().querystring.q", "a b"),
        ("$input.body.length()", str(len(BODY))),
        ("$util.escapeJavaScript($input.path('$.name'))", "O\\'Neil"),
        ("$util.escapeJavaScript($input.path('$.text'))", '\\u00E9 \\"quoted\\"'),
        ("$util.urlEncode('a b/~é')", "a+b%2F%7E%C3%A9"),
        ("$util.urlDecode('a+b%2F')", "a b/"),
        ("$util.base64Encode('hé')", "aMOp"),
        ("$util.base64Decode('aMOp')", "hé"),
        ("$util.parseJson('{\"a\": [1]}').a[0]", "1"),
        ("$stageVariables.s", "1"),
        ("#set($x = 3)#if($x > 2 && $x != 4)yes#{else}no#end", "yes"),
        ("#foreach($i in $input.path('$.items'))$foreach.index#if($foreach.hasNext),#end#end",
         "0,1,2"),
        ("#foreach($k in $input.params().path.keySet())$k#end", "id"),
        ("#set($m = {})#set($m.a = 'x')$m", "{a=x}"),
        ("## a comment\nrest", "rest"),
        ("#set($total = 2 + 3 * 4)$total", "14"),
        ("#set($t = 'n' + 1)$t", "n1"),
    ],
)  # fmt: skip
def test_template_renders_as_on_aws(template, expected):
    """Each variable and method gives what API Gateway's reference says."""
    assert expected == rendered(template)


@pytest.mark.parametrize(
    "template",
    [
        "$input.__class__",
        "$input.path('$.name').__class__.__mro__",
        "$input.json.__globals__",
        "$input._parameters",
        "$util.parseJson.__func__",
        "$input.path('$.name').format('x')",
        "$input.path('$.items').append(1)",
        "$input.params().header.items()",
    ],
)
def test_template_reaches_nothing_of_python(template):
    """A name that is not the gateway's prints itself: templates cannot reach Python's objects."""
    assert template == rendered(template)


@pytest.mark.parametrize(
    "template",
    [
        "#foreach($i in [1..1001])x#end",
        "#foreach($i in [1..999])#foreach($j in [1..999])x#end#end",
        "#set($a = 'xxxxxxxxxx')" + "#set($a = \"$a$a$a$a$a$a$a$a$a$a\")" * 9,
        "#set($a = 'x' * 10000000000)$a",
        "#set($a = '%1000000000d' % 1)$a",
        "#macro(m)#m()#end#m()",
        "#if($input.params('q') == 'a b')never closed",
        "$input.path('$.[')",
        "$util.parseJson('{')",
        "#include('/etc/passwd')",
        "#set($util.parseJson = 'x')",
        "$util.put('parseJson', 'x')",
        "#set($stageVariables.s.t = 'x')",
        "x" * (300 * 1024 + 1),
    ],
)  # fmt: skip
def test_template_that_is_wrong_or_endless_fails(template):
    """A template that is wrong, endless or too large fails with a reason, and soon."""
    with pytest.raises(TemplateFailedError):
        rendered(template)


def test_airspeed_uses_the_restricted_elements():
    """airspeed builds its templates from the elements put in place here (hook's guard)."""
    template = airspeed.Template("#set($x = 1)#foreach($i in [1])$x.y#end")
    template.ensure_compiled()
    _, loop = template.root_element.block.children
    reference = loop.block.children[0]
    assert isinstance(loop, velocity._Foreach)
    assert isinstance(reference, velocity._Reference)
    assert isinstance(reference.expression.part, velocity._Name)
    assert isinstance(reference.expression.subexpression.expression.part, velocity._Name)
