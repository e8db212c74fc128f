"""jupyter_kernel_test 0.7.0: its twelve tests and iopub_welcome.

Run: KERNEL=glassy python -m unittest -v test_conformance
A test that the published suite skips counts as a failure here, but for the
reasons that the table of kernels gives.
"""

import unittest

import jupyter_kernel_test as jkt
from kernels import under_test

jkt.TIMEOUT = 60  # a first cell may compile a package that no cache holds
K = under_test()


class Conformance(jkt.KernelTests):
    kernel_name = K.name
    language_name = K.language
    file_extension = K.extension
    code_hello_world = K.hello
    code_stderr = K.stderr
    completion_samples = [
        {"text": text} if matches is None else {"text": text, "matches": matches} for text, matches in K.complete
    ]
    complete_code_samples = K.whole
    incomplete_code_samples = K.part
    invalid_code_samples = K.wrong
    code_page_something = K.pager
    code_generate_error = K.error
    code_execute_result = [{"code": code, "result": text} for code, text in K.results]
    code_display_data = [{"code": code, "mime": mime} for code, mime in K.displays]
    supported_history_operations = K.history
    code_history_pattern = K.results[0][0][:3] + "*"
    code_inspect_sample = K.inspect
    code_clear_output = K.clear

    def run(self, result=None):
        result = super().run(result)
        for test, reason in result.skipped:
            if reason not in K.may_skip:
                result.addFailure(test, (AssertionError, AssertionError(f"skipped: {reason}"), None))
        return result


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = K.name
    support_iopub_welcome = True


del jkt.KernelTests, jkt.IopubWelcomeTests  # unittest would collect them too

if __name__ == "__main__":
    unittest.main()
