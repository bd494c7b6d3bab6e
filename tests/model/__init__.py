"""The mailbox beside a model of it: a few dictionaries that are told of the same events.

Hypothesis draws what servers, devices, operators and time do to a fresh account (machine.py and
the rules it is made of); after every step what is stored, counted and shown has to be what the
dictionaries (oracle.py) say, and what a device holds (phone.py) what its reading promised.
"""
