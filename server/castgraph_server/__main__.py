"""``python -m castgraph_server``: serve what is built, with settings from the environment."""

from __future__ import annotations

import sys

from castgraph.errors import CastgraphError
from castgraph.settings import Settings
from castgraph_server.serve import serve


def main() -> int:
    """Serve; 0 after SIGINT or SIGTERM, 1 where the server could not run."""
    try:
        serve(Settings.from_environment())
    except CastgraphError as error:
        sys.stderr.write(f"castgraph: {error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
