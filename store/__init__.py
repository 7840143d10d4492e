"""The home of a warehouse: archive, ledger, lock, build file, generations, publish, verify."""
