"""What people see of a gateway: the portal at `/portal`, the reference and the documentation at `/docs`.

All of it is written by the server and works without JavaScript, but for what is live. The portal asks the API of its
own gateway in the name of whoever is signed in (`asking`), so that what a key may do is decided in one place.
"""
