"""App Runner's own examples of its configuration file, as its documentation shows them."""

from typing import Final

MINIMAL: Final = """\
version: 1.0
runtime: python3\x20
build:
  commands:
    build:
      - pip install pipenv
      - pipenv install
run:\x20
  command: python app.py
"""

EXTENDED: Final = """\
version: 1.0
runtime: python3\x20
build:
  commands:
    pre-build:
      - wget -c https://s3.amazonaws.com/DOC-EXAMPLE-BUCKET/test-lib.tar.gz -O - | tar -xz
    build:       \x20
      - pip install pipenv
      - pipenv install
    post-build:
      - python manage.py test
  env:
    - name: DJANGO_SETTINGS_MODULE
      value: "django_apprunner.settings"
    - name: MY_VAR_EXAMPLE
      value: "example"
run:
  runtime-version: 3.7.7
  command: pipenv run gunicorn django_apprunner.wsgi --log-file -
  network:\x20
    port: 8000
    env: MY_APP_PORT \x20
  env:
    - name: MY_VAR_EXAMPLE
      value: "example"
"""

SAMPLE: Final = """\
version: 1.0
runtime: python3
build:
  commands:
    build:
      - pip install -r requirements.txt
run:
  command: python server.py
"""

SAMPLE_SERVER: Final = """\
from wsgiref.simple_server import make_server
from pyramid.config import Configurator
from pyramid.response import Response
import os

def hello_world(request):
    name = os.environ.get('NAME')
    if name == None or len(name) == 0:
        name = "world"
    message = "Hello, " + name + "!\\n"
    return Response(message)

if __name__ == '__main__':
    port = int(os.environ.get("PORT"))
    with Configurator() as config:
        config.add_route('hello', '/')
        config.add_view(hello_world, route_name='hello')
        app = config.make_wsgi_app()
    server = make_server('0.0.0.0', port, app)
    server.serve_forever()
"""

SAMPLE_REQUIREMENTS: Final = "pyramid==2.0\n"
