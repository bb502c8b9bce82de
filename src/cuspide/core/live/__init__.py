"""The live stream: what a page shows is asked for again when another workstation changed it.

A room names the kinds of news it tells (`news.kinds`) and announces them inside the transaction of its writes
(`news.announce`). A small asyncio part of the service hears them from the store and passes them on to the browsers
whose people may know. News carry no personal data, only a topic. The page asks for its own part again, with the
person's own session and rights.
"""

PATH = "/live/"
