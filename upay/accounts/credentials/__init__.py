"""What proves who somebody is: passwords, authenticator apps, recovery codes, passkeys; and how often one may guess."""
