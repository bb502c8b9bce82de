"""Work beside the pages: jobs and the outbox."""
