"""The AWS services of the data path, emulated by moto in its own process."""
