"""AWS on localhost, as a process of its own.

moto holds the resources; what moto lacks is here: signatures, permissions, functions that really
run, events that really travel, deployed API stages and static websites. Everything outside reaches
it over HTTP. It knows no lesson and imports nothing of the workshop but its errors.
"""
