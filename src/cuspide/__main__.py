import sys

from cuspide.cli import main

sys.exit(main())
