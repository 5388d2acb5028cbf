"""The sending side: endpoints, queue, guard, dispatcher."""
