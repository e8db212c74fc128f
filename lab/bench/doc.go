// Package bench compares the laboratory with PyTorch doing the same work on the
// same processor or GPU: same networks, shapes, type (float32), batch and number of
// threads, in turn, so that both meet the same disturbances.
//
//	go test ./lab/bench -table -v -timeout 30m
//
// prints, for one thread and for two, medians, their ratio (above 1 ours is
// faster), that of the fastest repetitions, which a busy machine disturbs less,
// and costs in gradients. With one thread the time is the processor's,
// which other programs on the machine disturb least, with two that on the wall.
// GLASSY_BENCH_PYTHON names the python that has PyTorch, python3 otherwise;
// without PyTorch it says so and prints our numbers. Without -table the tests
// only see to it that every task runs.
//
//	tasks.go           what is measured, on our side
//	memory_test.go     and in a process of its own
//	peers/pytorch.py   the same in PyTorch, as its users would write it
//	peer.go            PyTorch as a process that answers requests, or says why not
//	table.go           rounds, medians, the table
//
// The tasks, each on a batch of 128 images of 28×28 in memory:
//
//	step            a training step: forward and backward with dropout and
//	                batch-norm by the batch, then SGD with Nesterov's momentum .9
//	                (PyTorch: the fused optimiser)
//	gradient        in evaluation mode; the unit of the next three
//	product         Hessian times vector from nothing
//	product again   of another vector at the same weights
//	norms           squared norms of the gradients of the single samples
//	                (PyTorch: vmap of grad)
//	evaluate        mean loss and fraction of errors of 2,000 images
//	memory          peak resident memory of five steps above that of the process
//	                before, in a process of its own
package bench
