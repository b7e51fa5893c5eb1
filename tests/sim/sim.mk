## make sim            years of shops where everything goes wrong, in virtual time: SEED= (the first) SEEDS= (how many)
##                     TILLS= YEARS= or DAYS= of each, in SIM_JOBS= processes. SIM_LOG=1 prints every event;
##                     SIM_WITHOUT= and SIM_ONLY= name what may not, or what alone may happen (tests/sim/sim_rows.h)
#
# A failing seed is made small for SIM_SHRINK= seconds: fewer days, tills and troubles that break the same rule.
SEED  ?= 1
SEEDS ?= 50
TILLS ?= 6
YEARS ?= 1
DAYS  ?= $(shell expr $(YEARS) \* 365)
.PHONY: sim
sim: $(BUILD)/tests/sim/sim
	@SIM_JOBS=$${SIM_JOBS:-2} SIM_SHRINK=$${SIM_SHRINK:-60} $< $(SEED) 1 $(SEEDS) $(TILLS) $(DAYS)
