// Package perceptron holds the binary perceptron, weights ±1 that label patterns,
// and committees of it: the problem of Chaudhari (2018), Section 3.1.1, whose
// solutions are mostly isolated and now and then in dense clusters.
//
//	perceptron.go   New and its options, FromData; Perceptron, errors
//	enumerate.go    all 2^D weights, 64 at a time
//	solutions.go    clusters of the solutions, their distances, local entropy (3.5)
//	replica.go      replica-symmetric entropies, α_c and α_TS, as d → ∞
//	franzparisi.go  the entropy about a typical solution
//	annealed.go     mean numbers, exactly; generalisation error (3.3)
//	gaussian.go     averages over normal numbers
//
//	bp.go           BeliefPropagation: marginals and the number of solutions
//	dense.go        its messages where each sum has many terms
//	edges.go        its messages by convolution, exact on trees
//	survey.go       SurveyPropagation: clusters of solutions, and what is frozen in them
//	around.go       LocalEntropyCurve: how many solutions there are about given weights
//
//	solver.go       ReinforcedBP and FocusingBP; Solution, where a search ends
//	annealing.go    Anneal, on the energy and, by replicas, on local entropy
//	replicated.go   ReplicatedSGD
//	relaxed.go      Relax: a landscape of independent weights, for every operator
//
// Two theories stand beside what is counted. Typical solutions, the teacher among
// them, are isolated: [FranzParisi] and [StudentsAtOverlap] are negative near
// them. What searches find is not typical: about it solutions are dense. Belief
// propagation has two kinds of messages behind one interface, survey propagation a
// third, and whatever guides them, reinforcement or focusing, is a rule for the field
// that they are sent in.
//
// Logarithms are natural, entropies per weight. Weights are numbers of type int8,
// 1 or −1.
package perceptron
