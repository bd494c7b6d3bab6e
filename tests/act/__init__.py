"""A stand-in of the Act! Web API, and the referee that judges both sides by the table.

The table `act-web-api.json` holds models, routes, types, enums and the deviations seen live. What
it leaves open and the stand-in had to decide is marked [I] where it is decided.
"""
