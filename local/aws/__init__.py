"""The other AWS services, which moto plays."""
