"""The rules of the sport: muscles, equipment, volume, estimated 1RM, balance, time, plans. Pure functions, no I/O."""
