# Kill rounds: included by the Makefile. tests/soak/soak.c says what a round is, run.sh and compare.sql what has to hold.
deps_soak := $(deps_test)
SOAK := $(BUILD)/tests/soak/soak
$(SOAK): $(addprefix $(BUILD)/obj/tests/,soak/soak.o support/e2e_base.o support/e2e_cloud.o support/e2e_till.o)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -pie $(LINK) $^ $(TEST_LIBS) -o $@

# ROUNDS, SEED and TILLS are other targets', too: here they count only where the caller names them.
## make soak           tills and cloud over TLS with faults on, killed at random and restarted ROUNDS= times (200), then
##                     compared by SQL to the cent; SEED= (drawn) TILLS= (4)
.PHONY: soak
soak: build $(SOAK)
	@BUILD=$(abspath $(BUILD)) tests/soak/run.sh '$(if $(filter file,$(origin ROUNDS)),200,$(ROUNDS))' '$(if $(filter file,$(origin SEED)),,$(SEED))' \
	    '$(if $(filter file,$(origin TILLS)),4,$(TILLS))'
