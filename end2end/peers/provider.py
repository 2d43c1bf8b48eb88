"""An identity provider of another make, for the browser tests: Canaille with one client and one person, in memory.

Takes a JSON object on the first line of standard input: port, client_id, client_secret, redirect_uri, and person
(user_name, password, given_name, family_name, email, language). Prints `ready` once it listens on 127.0.0.1.
"""
import json
import secrets
import sys

from canaille import create_app
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

asked = json.loads(sys.stdin.readline())
address = f"127.0.0.1:{asked['port']}"
app = create_app(
    {
        "SECRET_KEY": secrets.token_hex(32),
        "SERVER_NAME": address,
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory", "NAME": "Canaille"},
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)]},
    }
)
from canaille.app import models  # noqa: E402  (there once the app is)
from canaille.backends import Backend  # noqa: E402

with app.app_context():
    person = asked["person"]
    user = models.User(
        user_name=person["user_name"],
        password=person["password"],
        given_name=person["given_name"],
        family_name=person["family_name"],
        formatted_name=f"{person['given_name']} {person['family_name']}",
        emails=[person["email"]],
        preferred_language=person["language"],
    )
    Backend.instance.save(user)
    client = models.Client(
        client_id=asked["client_id"],
        client_secret=asked["client_secret"],
        client_name="Anteroom",
        redirect_uris=[asked["redirect_uri"]],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "profile", "email"],
        token_endpoint_auth_method="client_secret_basic",
    )
    Backend.instance.save(client)
    # Its tokens are for the client itself, which has to be there first.
    client.audience = [client]
    Backend.instance.save(client)

server = make_server("127.0.0.1", asked["port"], app, threaded=True)
print("ready", flush=True)
server.serve_forever()
