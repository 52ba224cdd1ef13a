"""The tests' own pieces of work stand in a module that worker processes can import."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
