# SPDX-License-Identifier: Apache-2.0
"""run.py FOLDER PLANTED MUTATIONS SEED - both tables of `make sim-mutants` (mutants.mk says what they are)."""
import os
import sys

import mutations
import planted
import workshop


def main():
    folder, chosen, count, seed = sys.argv[1], sys.argv[2].split(), int(sys.argv[3]), int(sys.argv[4])
    here = os.path.dirname(os.path.abspath(__file__))
    shop = workshop.Workshop(os.path.dirname(os.path.dirname(here)), folder, os.cpu_count() or 1)
    want_planted = bool(chosen) and chosen != ["none"]
    shop.build(with_tests=True)
    good = True
    if want_planted:
        good = planted.run(shop, os.path.join(here, "planted"), [] if chosen == ["all"] else chosen)
    if count > 0:
        good = mutations.run(shop, count, seed, os.path.join(here, "survivors.txt")) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
