"""Every exception of the library."""


class PythonFunctionError(Exception):
    """Something a user of the library can put right; the base of all its errors.

    .. versionadded:: 0.1.0
    """


class EntryError(PythonFunctionError):
    """The entry, its handler's file or function, or its source tree cannot be used as it is.

    .. versionadded:: 0.1.0
    """


class OptionError(PythonFunctionError, ValueError):
    """An option has a value that it cannot have.

    .. versionadded:: 0.1.0
    """


class PackagingError(PythonFunctionError):
    """The files that declare dependencies cannot be read, contradict each other, or cannot be satisfied.

    .. versionadded:: 0.1.0
    """


class BundlingError(PythonFunctionError):
    """A step of building the bundle failed: a command, a hook, the container engine.

    .. versionadded:: 0.1.0
    """


class CommandError(BundlingError):
    """A program failed.

    Attributes:
        returncode: Its exit code.
        headline: The command, without what it printed.
        output: What it printed, secrets masked.
    """

    def __init__(self, message: str, *, returncode: int, output: str) -> None:
        """Keep what failures are told apart by."""
        super().__init__(f"{message}\n{output}".rstrip())
        self.headline = message
        self.returncode = returncode
        self.output = output


class ProgramNotFoundError(BundlingError):
    """There is no such program."""


class EngineError(BundlingError):
    """There is no container engine to be used.

    .. versionadded:: 0.1.0
    """


class NoWheelError(BundlingError):
    """Some packages have no wheel that fits the target.

    Attributes:
        packages: Their names.
        reason: Why they would have to be built here, if that is not for want of a wheel.
    """

    def __init__(self, packages: tuple[str, ...], output: str, *, reason: str = "") -> None:
        """Keep the names for whoever can build the packages."""
        super().__init__(output)
        self.packages = packages
        self.reason = reason


def detached(error: BaseException) -> BaseException:
    """Return *error* without what led to it, which may show what its message does not."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class plainly:  # noqa: N801 - used as a statement
    """Let an error of ours reach the user with the place in the user's code, without the way it took in here.

    A class, for :func:`contextlib.contextmanager` would put the way back.
    """

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Raise an error of ours anew."""
        if isinstance(error, PythonFunctionError):
            raise detached(error) from None
