"""A compiled executor of GraphQL: it knows GraphQL and nothing of parking.

A valid operation becomes a plan (`plan`), the plan becomes the source of Python functions (`source`), and these give
what graphql-core gives, in data, errors and order, in a small part of the time. Values that are what their type wants
take the quick way that is written into the source; every other value is completed by `completion`, which follows
graphql-core's executor step by step. What is not compiled is executed by graphql-core, and `executor` says so.
"""
