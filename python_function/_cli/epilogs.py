"""What the help of the program ends with: examples, and what its exit codes mean."""

from typing import Final

EXIT_CODES: Final = """\
exit codes:
  0    done
  1    the entry, an option or what declares the dependencies cannot be used
  2    the command line is wrong
  3    a step of the build failed, or Lambda could not run what was built
  130  interrupted; nothing half-made is left
"""

EXPLAIN: Final = """\
examples:
  {prog} explain functions/orders
  {prog} explain functions/orders --runtime python3.13 --architecture arm64
  {prog} explain layers/shared --layer --json | jq .hash
"""

BUILD: Final = """\
examples:
  {prog} build functions/orders -o package.zip
  {prog} build functions/orders --runtime python3.13 --architecture arm64 -o package.zip
  {prog} build layers/shared --layer -o layer.zip
  {prog} build functions/orders --from-venv .venv -o package.zip
  aws lambda update-function-code --function-name orders --zip-file fileb://package.zip
"""

REPORT: Final = """\
examples:
  {prog} report functions/orders
  {prog} report cdk.out/asset.3f1c --html report.html
  {prog} report package.zip --json
  {prog} report functions/orders --format cyclonedx > orders.cdx.json
  {prog} report functions/orders --imports --set TABLE=orders
"""

CACHE: Final = """\
examples:
  {prog} cache
  {prog} cache show --json | jq '.trees[].distributions[].name'
  {prog} cache prune --max-age 7 --max-size 1000
  {prog} cache clear
"""
