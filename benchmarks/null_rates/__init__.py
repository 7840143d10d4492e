"""How often each test rejects a true null, and how many true targets the demo's tests find."""
