# SPDX-License-Identifier: Apache-2.0
"""What is mutated, and the tests that must tell: the area's own first, then wider ones.

A source `path:function` is that function alone. Tests under "wide" take longer each and are asked
last. `bar` is the least share that must be caught. A
test is named as CTest names its executable; RapidCheck draws `CASES` cases a property.
"""

CASES = 100

AREAS = {
    "interpreter": {
        "bar": 85,
        "sources": [
            "sim/run/arena.hpp", "sim/run/collectives_impl.hpp", "sim/run/elementwise_impl.hpp",
            "sim/run/gated_mlp.hpp", "sim/run/interpreter_impl.hpp", "sim/run/ordered_sum_impl.hpp",
            "sim/run/rows_impl.hpp", "sim/run/scale_free.hpp", "sim/run/sum_orders.cpp",
            "sim/run/tables_impl.hpp", "sim/run/weights_impl.hpp"],
        "tests": [
            "sim.run", "sim.run.allocation", "sim.judge", "props.sum_orders", "sim.merged_bits",
            "props.oracle", "sim.prove"],
        "wide": ["props.catalogue_table", "props.reductions", "props.planted_bugs"],
    },
    "judge": {
        "bar": 95,
        "sources": [
            "sim/judge/answer.cpp", "sim/judge/cell.cpp", "sim/judge/check.cpp",
            "sim/judge/classify_absent.cpp", "sim/judge/classify_coefficients.cpp",
            "sim/judge/classify_functions.cpp", "sim/judge/classify_overcounted.cpp",
            "sim/judge/classify_rows.cpp", "sim/judge/condition.cpp",
            "sim/judge/condition_atoms.cpp", "sim/judge/evidence.cpp", "sim/judge/expectation.cpp",
            "sim/judge/simulation.cpp", "sim/judge/tangent.cpp",
            "sim/judge/tangent_collectives.cpp", "sim/judge/tangent_functions.cpp",
            "sim/judge/tangent_rows.cpp", "sim/judge/tangent_steps.cpp",
            "sim/judge/tangent_weights.cpp"],
        "tests": [
            "sim.judge", "sim.mutate", "sim.merged_bits", "sim.run", "props.catalogue_table"],
        "wide": [
            "sim.report", "props.reductions", "props.planted_bugs", "sim.repair",
            "props.prover_published", "props.catalogue"],
    },
    "comparator": {
        "bar": 95,
        "sources": [
            "sim/judge/coefficient.cpp", "sim/judge/compare_variants.cpp", "sim/judge/consumer.cpp",
            "sim/judge/function_argument.cpp", "sim/judge/rounding.cpp",
            "sim/judge/traced_sum.cpp", "sim/judge/verdict.cpp", "sim/certify/compare_bits.cpp",
            "sim/certify/exact_sum.cpp", "sim/certify/judged_output.cpp",
            "sim/certify/rounding_judge.cpp", "kernels/body/comparison.hpp",
            "real/parity/prediction.cpp:mismatches"],
        "tests": [
            "sim.judge", "sim.merged_bits", "sim.run", "real.parity", "sim.mutate",
            "sim.certify_tool", "props.rounding_bounds", "kernels.bodies", "props.catalogue_table"],
        "wide": [
            "sim.diagnose", "sim.report", "props.reductions", "props.planted_bugs", "sim.repair",
            "props.prover_published", "props.catalogue"],
    },
    "prover": {
        "bar": 85,
        "sources": [
            "sim/prove/algebra.cpp", "sim/prove/algebra_collectives.cpp",
            "sim/prove/algebra_functions.cpp", "sim/prove/algebra_mended.cpp",
            "sim/prove/algebra_parts.cpp", "sim/prove/algebra_rows.cpp",
            "sim/prove/algebra_uses.cpp", "sim/prove/algebra_weights.cpp", "sim/prove/atom.cpp",
            "sim/prove/beside_sweep.cpp", "sim/prove/case_run.cpp", "sim/prove/certificate.cpp",
            "sim/prove/certificate_case.cpp", "sim/prove/count_table.cpp", "sim/prove/counts.cpp",
            "sim/prove/exact_runs.cpp", "sim/prove/facts.cpp", "sim/prove/facts_learn.cpp",
            "sim/prove/facts_text.cpp", "sim/prove/journey.cpp", "sim/prove/layout.cpp",
            "sim/prove/names.cpp", "sim/prove/polynomial.cpp", "sim/prove/prove.cpp",
            "sim/prove/prover.cpp", "sim/prove/region.cpp", "sim/prove/roots.cpp",
            "sim/prove/sentence.cpp", "sim/prove/symbolic.cpp", "sim/prove/walk.cpp",
            "sim/prove/walk_expressions.cpp", "sim/prove/walk_operations.cpp",
            "sim/prove/walk_tables.cpp", "sim/prove/walk_weights.cpp"],
        "tests": [
            "sim.prove", "props.prover_errors", "props.prover_random", "props.prover_layers",
            "props.prover_scale_free", "props.catalogue_table"],
        "wide": [
            "sim.proof_check", "sim.report", "sim.prove_counts", "sim.plan",
            "props.prover_published"],
    },
}
