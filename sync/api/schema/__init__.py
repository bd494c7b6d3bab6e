"""The API's description of itself: OpenAPI 3.1 and readable pages.

Made by hand over the structs that decode requests, structs that describe the answers, and one
table of operations. Schema generators look for serializers, which the endpoints do not have
(they would cost more than the database does); what remained of such a generator was its
detours. Nothing of it is called while an ordinary request is answered.
"""
