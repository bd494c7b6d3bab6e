"""What `make run` and `make test` do: environment, services, children. Imports no Django."""
