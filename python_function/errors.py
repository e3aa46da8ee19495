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
