package flexo.download;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemandTest {
    private static boolean isTold(Demand demand) {
        return demand.whenTold().toCompletableFuture().isDone();
    }

    @Test
    void whatAClientHasAskedForNeverComesSlowly() {
        Demand demand = Demand.ofClient();

        assertThat(demand.isWanted()).isTrue();
        assertThat(demand.mayComeSlowly()).isFalse();
        assertThat(isTold(demand)).isTrue();
    }

    @Test
    void whatNobodyWantsMayComeSlowlyUntilAClientJoins() {
        Demand demand = Demand.ahead(true);
        assertThat(demand.mayComeSlowly()).isTrue();

        demand.clientJoins();

        assertThat(demand.mayComeSlowly()).isFalse();
        assertThat(demand.isWanted()).isTrue();
    }

    @Test
    void whoWaitsForDemandIsToldOutsideTheMonitorAndOnlyIfThereIsSome() {
        Demand demand = Demand.ahead(false);
        demand.tell();
        assertThat(isTold(demand)).isFalse();

        demand.clientJoins();
        assertThat(isTold(demand)).isFalse();

        demand.tell();
        assertThat(isTold(demand)).isTrue();
    }

    @Test
    void whatIsFetchedAtFullSpeedIsNeverSlow() {
        assertThat(Demand.ahead(false).mayComeSlowly()).isFalse();
    }
}
