"""`render_chart.py CHART < values.json`: prints the manifests. Runs in the environment of `helm-python-sdk`."""

import json
import sys

from helm_python import Chart, HelmError  # type: ignore[import-not-found]

values = json.load(sys.stdin)
try:
    with Chart.load(sys.argv[1]) as chart:
        chart.validate_schema(values)
        rendered = chart.render(values, name="production", namespace="parkgraph")
except HelmError as wrong:
    sys.exit(str(wrong))
print("\n---\n".join(rendered.values()))
