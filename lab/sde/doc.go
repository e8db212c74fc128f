// Package sde moves many walkers by stochastic differential equations: Langevin
// dynamics in any landscape, with inertia or without, simulated annealing, the
// two-time-scale systems of Chaudhari (2018), Section 4.3, and the equation of
// stochastic gradient descent, Section 6.1, in each calculus.
//
//	equation.go   Equation, dX = b dt + s dB; Run, by Euler and Maruyama or by Heun
//	form.go       Form: an equation that a device knows, for many walkers at once
//	langevin.go   equations of landscapes: Langevin, Annealing
//	sgd.go        SGD, the equation of stochastic gradient descent, and Batches, which go by steps
//	twoscale.go   a fast variable that samples for a slow one: local entropy, heat, Elastic-SGD
//	attracted.go  Attracted: particles that draw each other to their mean
//	kinetic.go    Kinetic: dynamics with inertia, by BAOAB
//	passage.go    PassageTimes: how long walkers take to come somewhere
//	brownian.go   Brownian: paths that can be refined
//
// Temperatures are diffusion constants: D belongs to the noise √(2D) dB and to the
// invariant density e^(-f/D), so D = 1/β where the thesis means e^(-βf), and 1/2β
// with the noise β^(-½) that chapter 4 prints.
//
// Walker i of a seed is the same path whoever walks with it, on any number of
// threads, to the bit: its noise is found by its number and that of the step. On
// another device, and whether an equation has a Form or not, it is the same to
// rounding.
package sde
