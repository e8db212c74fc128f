// Package cluster spreads work over many processes and machines, by NATS. What
// is spread is of two kinds: independent tasks, [Map], and the replicas of
// Elastic-SGD and Parle, [Train], which meet at every update.
//
//	cluster.go    Cluster: Connect to a server, or Serve one of one's own
//	server.go     that server: in this process, on loopback unless asked
//	lock_*.go     its folder is for it alone
//	task.go       Task: a function with a name that every worker knows
//	queue.go      a run's tasks: put, redelivered, each result once
//	map.go        Map: a task at many inputs, results in their order
//	worker.go     Work: what a worker does
//	pull.go       how it comes by its tasks
//	members.go    who is there: Members, Status
//	transfer.go   what is too large for a message: from memory to memory, with checksums
//	vectors.go    vectors as bytes, and compressed
//	train.go      Train: replicas on workers, the master here
//
// # One mechanism
//
// There is one queue of work, a JetStream stream, and workers that take one
// task at a time from it. A worker says every few seconds that it is still at its
// task; when it falls silent, the server gives the task to another. A result is
// stored before its task is acknowledged and has the name of its task, so that a
// task that was done twice counts once. Nothing here decides who does what: a
// machine twice as fast takes twice as many tasks. Short tasks are taken some at a
// time, 50 ms of them, or the network would be waited for as long as they take.
//
// A round of a replica, the L steps between two updates, is a task like any
// other. The process of the master has on offer what the round depends on, and a
// worker that has just done the last one needs only the master's new weights: who
// is given a round passes it on to the worker that has done the last, unless that
// has more than its share of the replicas. Momenta cross the network at
// checkpoints only; who has not done the last round goes on from there, and makes
// those since again. So a dead worker's replica goes on elsewhere, replicas need
// not be as many as workers, and the results are the bits of one process
// ([optim.Part]); the update waits for the slowest replica, or does not wait
// (TrainOptions.Asynchronous).
//
// Weights are not stored on the way: a store on disk is several times as slow as
// the network, and who gave the work, for whom alone they are, has to be there
// anyhow. The queue keeps small messages only.
//
// Tasks are given to workers of the same version of the code only: they are part
// of the subject of a message.
package cluster
