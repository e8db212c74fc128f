// Package information computes what distributions say of each other, in nats: the
// divergences, bounds and bottlenecks of Chaudhari (2018), Sections 6.2.4 and 6.2.5.
//
//	gaussian.go    divergence and total correlation of Gaussian laws
//	discrete.go    Joint: two variables of finitely many values
//	bottleneck.go  the information bottleneck, of such and of Gaussian laws, and its bounds
//	elbo.go        what a prior does to the posterior of a weight
package information
