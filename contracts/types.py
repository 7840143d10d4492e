"""Short names for the Arrow types that contracts use."""

import pyarrow as pa

TEXT = pa.string()
INT = pa.int64()
REAL = pa.float64()
FLAG = pa.bool_()
DATE = pa.date32()
INSTANT = pa.timestamp("us", tz="UTC")
PAIN = pa.decimal128(5, 1)
OMED = pa.decimal128(9, 2)
TEXTS = pa.list_(TEXT)
REALS = pa.list_(REAL)
