"""What portability adds to the registry."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from cuspide.audit import naming
from cuspide.core import registry
from cuspide.core.work import jobs
from cuspide.portability import permissions, tasks, trace_words  # noqa: F401 - its words are added by importing it

jobs.schedule.add(jobs.Scheduled("portability.forget_left_files", tasks.forget_left_files, every=dt.timedelta(days=1)))
registry.rail.add(
    registry.RailEntry(
        "portability",
        _("Import and export"),
        "portability:imports",
        "upload",
        permissions.IMPORT,
        order=75,
        match=("portability",),
    )
)
registry.commands.add(
    registry.Command(
        "portability.imports",
        _("Import patients of another program"),
        "portability:imports",
        permissions.IMPORT,
        keywords=_("bring in file CSV export take out"),
        order=70,
    )
)
naming.matters.add(naming.Matter("portability", _("Imports and exports"), shows=("export", "look"), order=80))
naming.say(
    {
        "portability.take_in": _("Took a file in"),
        "portability.set_mapping": _("Said what the columns of a file mean"),
        "portability.discard": _("Forgot a file that was not imported"),
        "portability.rehearse": _("Rehearsed an import"),
        "portability.import": _("Began an import"),
        "portability.import_lines": _("Imported patients"),
        "portability.imported": _("Ended an import"),
        "portability.stop": _("Stopped an import"),
        "portability.go_on": _("Let an import go on"),
        "portability.undo": _("Began to undo an import"),
        "portability.undo_lines": _("Took imported patients back"),
        "portability.undone": _("Ended the undoing of an import"),
        "portability.look": _("Looked at a file that is to be imported"),
        "portability.export": _("Took all patients out as a file"),
    }
)
